/** Nest's injection token of the stored kill switches, a `KillSwitchStore`. */
export const KILL_SWITCH_STORE = Symbol('kill switch store');
