import type { LabelLevel } from '../labels/label.js';

/** Where the data goes that is sent to a resource, and the clearance there. */
export interface Destination {
  /** A name that people know, such as `local` or `openai/gpt`. */
  readonly name: string;
  /** The clearance: data with a higher label must not go there. */
  readonly clearance: LabelLevel;
  /** Whether the data stays on this machine. */
  readonly isLocal: boolean;
}
