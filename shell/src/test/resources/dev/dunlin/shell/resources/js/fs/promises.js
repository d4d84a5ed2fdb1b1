export const readFile = async () => 1;
