import { HeddleError } from '../errors/heddle-error.js';
import { documentVersion } from './workflow-document.js';

type RawDocument = Readonly<Record<string, unknown>>;

/** Steps from a version to the next one: `migrations[n]` takes version n. None is needed yet. */
export const migrations: Readonly<Record<number, (document: RawDocument) => RawDocument>> = {};

/**
 * Brings a raw document up to the current version, in memory only. Errors: `document_version`.
 *
 * @param steps replaces the migrations, for tests
 */
export function migrateDocument(document: RawDocument, steps = migrations, target = documentVersion): RawDocument {
  let current = document;
  for (;;) {
    const version = current['heddle'];
    if (version === undefined)
      throw new HeddleError(
        'document_version',
        `This is no workflow of Heddle: its documents say "heddle": ${target}, their version.`,
      );
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
      throw new HeddleError(
        'document_version',
        `The document's "heddle" must be a version number such as ${target}; it is ${JSON.stringify(version)}.`,
      );
    }
    if (version === target) return current;
    if (version > target) {
      throw new HeddleError(
        'document_version',
        `The document is of version ${version}; this Heddle reads up to ${target}: update Heddle to open it.`,
        { details: { version, newest: target } },
      );
    }
    const step = steps[version];
    if (step === undefined) {
      throw new HeddleError('document_version', `Documents of version ${version} can no longer be read.`, {
        details: { version, newest: target },
      });
    }
    current = { ...step(current), heddle: version + 1 };
  }
}
