/** Injects the stored emergency stops, a `StopStore`. */
export const STOP_STORE = Symbol('stop store');
