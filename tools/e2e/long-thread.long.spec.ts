import { afterAll, describe, it, jest } from '@jest/globals';
import { cleanUp } from './built-program.js';
import { longThread } from './long-thread.js';

jest.setTimeout(900_000);
afterAll(cleanUp);

describe('a conversation of 500 turns on a server that is killed five times in the middle of an answer', () => {
  it('has every message once, in order', () => longThread({ turns: 500, kills: 5 }));
});
