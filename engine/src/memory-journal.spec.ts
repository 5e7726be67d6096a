import { describe, it } from '@jest/globals';
import { createFakeClock, journalSuite } from '@heddle/core/testing';
import { createMemoryJournal } from './memory-journal.js';

describe('memory journal', () => {
  for (const promise of journalSuite) {
    it(promise.name, () => promise.run(createMemoryJournal(createFakeClock())));
  }
});
