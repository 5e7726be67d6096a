import { describe, expect, it } from '@jest/globals';
import { documentServices } from './document-services.js';
import { describeSettings, readSettings } from './read-settings.js';

const servicesOf = (environment: Readonly<Record<string, string>>) => documentServices(readSettings(environment));

describe('outside services that read documents', () => {
  it('are not used without their addresses', () => {
    expect(servicesOf({ TIKA_FORMATS: 'pdf', DOCLING_API_KEY: 'canary' })).toEqual([]);
  });

  it('have formats of their own: Tika those that Heddle refuses, Docling those with pages', () => {
    expect(servicesOf({ TIKA_URL: 'http://tika:9998', DOCLING_URL: 'http://docling:5001' })).toMatchObject([
      { name: 'docling', formats: ['pdf', 'image'] },
      { name: 'tika', formats: ['other'] },
    ]);
    expect(servicesOf({ TIKA_URL: 'http://tika:9998', TIKA_FORMATS: 'docx, other' })).toMatchObject([
      { name: 'tika', formats: ['docx', 'other'] },
    ]);
  });

  it('are refused with unknown formats or formats that are never sent, and their key is never shown', () => {
    for (const TIKA_FORMATS of ['exe', 'markdown'])
      expect(() => readSettings({ TIKA_FORMATS })).toThrow(/TIKA_FORMATS/);
    const settings = readSettings({ DOCLING_URL: 'http://docling:5001', DOCLING_API_KEY: 'canary' });
    expect(JSON.stringify(describeSettings(settings))).not.toContain('canary');
  });
});
