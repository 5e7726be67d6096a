import { describe, expect, it } from '@jest/globals';
import { signV4 } from './sign-v4.js';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const vector = {
  url: new URL('https://example.amazonaws.com/'),
  body: '',
  region: 'us-east-1',
  service: 'service',
  credentials,
  now: Date.UTC(2015, 7, 30, 12, 36, 0),
};
const scope = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';

describe('signV4', () => {
  // The published test suite of Signature Version 4: get-vanilla, post-vanilla, post-header-key-sort.
  it.each([
    ['GET', {}, 'host;x-amz-date', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['POST', {}, 'host;x-amz-date', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'POST',
      { 'my-header1': 'value1' },
      'host;my-header1;x-amz-date',
      'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
    ],
  ])('signs as in the test suite of AWS: %s %p', (method, headers, names, signature) => {
    expect(signV4({ ...vector, method, headers })).toMatchObject({
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${names}, Signature=${signature}`,
    });
  });

  it('signs the session token of temporary credentials too', () => {
    const headers = signV4({
      ...vector,
      method: 'GET',
      headers: {},
      credentials: { ...credentials, sessionToken: 'token' },
    });
    expect(headers['x-amz-security-token']).toBe('token');
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,');
  });
});
