import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDataUrl } from './data-url.js';

describe('a data URL', () => {
  it('contains its type and its bytes', () => {
    expect(readDataUrl('data:text/plain;charset=utf-8;base64,aGk=')).toEqual({
      mediaType: 'text/plain',
      content: Buffer.from('hi'),
    });
    expect(readDataUrl('DATA:Image/PNG;BASE64,aGk')).toMatchObject({ mediaType: 'image/png' });
    expect(readDataUrl('data:;base64,aGk=')).toMatchObject({ mediaType: '' });
  });

  it.each(['', 'hi', 'data:text/plain,hi', 'data:text/plain;base64', 'data:text/plain;base64,', 'data:;base64,a b'])(
    'is refused: %j',
    (text) => expect(readDataUrl(text)).toBeUndefined(),
  );

  it('matches a regular expression for base64, at any length except one that base64 cannot have', () => {
    const letter = fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '+', '/', '=', '-', '_', ' ', '\n', '!', 'é');
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 20 }), (body) => {
        const isBase64 = /^[A-Za-z0-9+/]{2,}={0,2}$/.test(body) && body.replace(/=+$/, '').length % 4 !== 1;
        expect(readDataUrl(`data:;base64,${body}`) !== undefined).toBe(isBase64);
      }),
      { numRuns: 20_000 },
    );
  });
});
