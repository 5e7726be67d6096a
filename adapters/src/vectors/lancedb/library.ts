import type * as Arrow from 'apache-arrow';
import type * as Lance from '@lancedb/lancedb';
import { HeddleError } from '@heddle/core';

/** LanceDB, and Apache Arrow, the library of its tables. */
export interface Library {
  readonly lance: typeof Lance;
  readonly arrow: typeof Arrow;
}

/** Loads LanceDB at its first use. It has 200 MB and is not part of a production installation. Errors: `resource_unavailable`. */
export async function loadLibrary(): Promise<Library> {
  try {
    const [lance, arrow] = await Promise.all([import('@lancedb/lancedb'), import('apache-arrow')]);
    return { lance, arrow };
  } catch (cause) {
    throw new HeddleError(
      'resource_unavailable',
      'LanceDB is not installed here, or not for this platform: run npm install @lancedb/lancedb@0.39.0 apache-arrow@18.1.0 beside Heddle, or use another store.',
      { cause },
    );
  }
}
