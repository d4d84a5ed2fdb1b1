/** The engine's Navigation API. */
export const navigation: any = (globalThis as { navigation?: unknown }).navigation;
export default navigation;
