import { HeddleError } from '@heddle/core';
import { openOle } from './open-ole.js';

/** Detects the kind of an old Office file by its streams. Errors: `document_type`, `document_encrypted`, and those of `openOle`. */
export function oleKind(bytes: Uint8Array): 'doc' | 'xls' | 'ppt' | 'msg' {
  const ole = openOle(bytes);
  if (ole.has('EncryptedPackage'))
    throw new HeddleError(
      'document_encrypted',
      'The Office document is protected by a password: save it without one and try again.',
    );
  if (ole.has('WordDocument')) return 'doc';
  if (ole.has('Workbook') || ole.has('Book')) return 'xls';
  if (ole.has('PowerPoint Document')) return 'ppt';
  if (ole.has('__properties_version1.0')) return 'msg';
  throw new HeddleError(
    'document_type',
    `This is a file of another old program (${ole.names.slice(0, 3).join(', ').slice(0, 100)}), not of Word, Excel, PowerPoint or Outlook: export it as PDF.`,
  );
}
