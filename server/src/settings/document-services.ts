import type { DocumentService } from '@heddle/adapters/documents';
import type { Settings } from './settings-table.js';

/** Lists the services that read documents in place of Heddle. If several read a format, Docling comes first. */
export function documentServices(settings: Settings): readonly DocumentService[] {
  const { tikaUrl, tikaFormats, doclingUrl, doclingApiKey, doclingFormats } = settings;
  const services: DocumentService[] = [];
  if (doclingUrl !== undefined)
    services.push({ name: 'docling', url: doclingUrl, key: doclingApiKey, formats: doclingFormats });
  if (tikaUrl !== undefined) services.push({ name: 'tika', url: tikaUrl, formats: tikaFormats });
  return services;
}
