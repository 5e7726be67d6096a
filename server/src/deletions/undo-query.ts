import { z } from 'zod';

/** `undo=true` deletes something so that it can be restored for a few seconds. Without it, it is removed at once. */
export const undo = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

export const UndoQuery = z.strictObject({ undo });
export type UndoQuery = z.infer<typeof UndoQuery>;
