/** Injects the settings of this process, `Settings`. */
export const SETTINGS = Symbol('settings');
