import type { HeddleError, Label } from '@heddle/core';
import type { RunPause } from '../host.js';

/** Why a frame stops before its end. */
export type Stop =
  | { readonly type: 'failed'; readonly error: HeddleError; readonly path: string; readonly label?: Label | undefined }
  /** `error`: why the host gave the run up. */
  | { readonly type: 'cancelled'; readonly error?: HeddleError | undefined }
  | { readonly type: 'aborted'; readonly error: HeddleError }
  | ({ readonly type: 'paused' } & RunPause)
  | { readonly type: 'released' }
  | { readonly type: 'lost'; readonly error: HeddleError };
