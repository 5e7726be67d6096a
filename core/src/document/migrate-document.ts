import { HeddleError } from '../errors/heddle-error.js';
import { renameDocument } from '../names/stored-names.js';
import { documentVersion } from './workflow-document.js';

type RawDocument = Readonly<Record<string, unknown>>;

/** Migrations to the next version: `migrations[n]` migrates version n. */
export const migrations: Readonly<Record<number, (document: RawDocument) => RawDocument>> = { 1: renameDocument };

/**
 * Migrates a raw document to the current version, in memory only. Errors: `document_version`.
 *
 * @param steps the migrations; tests replace them
 */
export function migrateDocument(document: RawDocument, steps = migrations, target = documentVersion): RawDocument {
  let current = document;
  for (;;) {
    const version = current['heddle'];
    if (version === undefined)
      throw new HeddleError(
        'document_version',
        `This is not a Heddle workflow: a workflow document has the field "heddle": ${target}.`,
      );
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
      throw new HeddleError(
        'document_version',
        `The field "heddle" must be a version number such as ${target}; it is ${JSON.stringify(version)}.`,
      );
    }
    if (version === target) return current;
    if (version > target) {
      throw new HeddleError(
        'document_version',
        `The document has version ${version}; this Heddle reads versions up to ${target}. Update Heddle to open it.`,
        { details: { version, newest: target } },
      );
    }
    const step = steps[version];
    if (step === undefined) {
      throw new HeddleError('document_version', `Documents of version ${version} are no longer supported.`, {
        details: { version, newest: target },
      });
    }
    current = { ...step(current), heddle: version + 1 };
  }
}
