import { afterEach, describe, expect, it } from '@jest/globals';
import { labelOf, type Label } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../journal/open-database.js';
import { createMemory } from './create-memory.js';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-memory-'));
  const database = openDatabase(join(folder, 'heddle.db'));
  closing.push(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return createMemory(database, createFakeClock(5));
}
const said = (content: string, label: Label = labelOf('internal')) => ({
  message: { role: 'user' as const, content },
  label,
});

describe('memory', () => {
  it('keeps turns in order with their labels, each session by itself, and an unknown one is empty', async () => {
    const memory = open();
    const secret = labelOf('confidential', ['untrusted']);
    await memory.append('a', [said('one'), said('two', secret)], { idempotencyKey: 'k' });
    await memory.append('b', [said('other')], { idempotencyKey: 'k' });
    const { turns } = await memory.read('a');
    expect(turns.map(({ message, label, time }) => [message.content, label, time])).toEqual([
      ['one', labelOf('internal'), 5],
      ['two', secret, 5],
    ]);
    expect(turns[1]?.label).toBe(secret);
    expect(await memory.read('nobody')).toEqual({ turns: [], summary: undefined });
  });

  it('adds the same turns once, also when the key comes again', async () => {
    const memory = open();
    for (const _attempt of [1, 2]) await memory.append('a', [said('one')], { idempotencyKey: 'k' });
    expect((await memory.read('a')).turns).toHaveLength(1);
  });

  it('lets a summary stand for the oldest turns, never with a lower label than the one before', async () => {
    const memory = open();
    await memory.append(
      'a',
      ['1', '2', '3', '4'].map((text) => said(text)),
      { idempotencyKey: 'k' },
    );
    await memory.summarise('a', { text: 'one', label: labelOf('restricted'), turns: 1 });
    await memory.summarise('a', { text: 'one to three', label: labelOf('public'), turns: 2 });
    const { turns, summary } = await memory.read('a');
    expect(turns.map(({ message }) => message.content)).toEqual(['4']);
    expect(summary).toEqual({ text: 'one to three', label: labelOf('restricted'), turns: 3 });
  });

  it('reads the end of a conversation of 10,000 turns without the rest, and forgets it whole', async () => {
    const memory = open();
    const turns = Array.from({ length: 10_000 }, (_value, index) => said(`turn ${index}`));
    await memory.append('a', turns, { idempotencyKey: 'k' });
    const { turns: found } = await memory.read('a', { limit: 2 });
    expect(found.map(({ message }) => message.content)).toEqual(['turn 9998', 'turn 9999']);
    expect((await memory.read('a')).turns).toHaveLength(10_000);
    await memory.clear('a');
    expect((await memory.read('a')).turns).toEqual([]);
  });
});
