import { describe, expect, it } from '@jest/globals';
import { readDataUrl } from './data-url.js';

describe('a data URL', () => {
  it('gives its type and its bytes', () => {
    expect(readDataUrl('data:text/plain;charset=utf-8;base64,aGk=')).toEqual({
      mediaType: 'text/plain',
      content: Buffer.from('hi'),
    });
    expect(readDataUrl('DATA:Image/PNG;BASE64,aGk')).toMatchObject({ mediaType: 'image/png' });
    expect(readDataUrl('data:;base64,aGk=')).toMatchObject({ mediaType: '' });
  });

  it.each(['', 'hi', 'data:text/plain,hi', 'data:text/plain;base64', 'data:text/plain;base64,', 'data:;base64,a b'])(
    'is none: %j',
    (text) => expect(readDataUrl(text)).toBeUndefined(),
  );
});
