/** Injects what is stored of each door, a `DoorStore`. */
export const DOOR_STORE = Symbol('door store');

/** Injects the rows of batches, a `BatchStore`. */
export const BATCH_STORE = Symbol('batch store');
