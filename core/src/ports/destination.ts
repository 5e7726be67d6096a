import type { LabelLevel } from '../labels/label.js';

/** Where data that is sent to a resource goes, and the clearance of that destination. */
export interface Destination {
  /** A name that people recognise, such as `local` or `openai/gpt`. */
  readonly name: string;
  /** Data with a higher label must not go there. */
  readonly clearance: LabelLevel;
  readonly isLocal: boolean;
}
