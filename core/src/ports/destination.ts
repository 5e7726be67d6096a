import type { LabelLevel } from '../labels/label.js';

/** Where data goes when it is handed to a resource, and how strict it may be (design §5). */
export interface Destination {
  /** A name that people know, such as `local` or `openai/gpt`. */
  readonly name: string;
  /** Nothing above this level may go there. */
  readonly ceiling: LabelLevel;
  /** Whether the data stays on this machine. */
  readonly isLocal: boolean;
}
