const fs = {};
export { fs as default };
export const readFile = () => 1;
