import { describe, expect, it } from '@jest/globals';
import { TextStream, type TextPiece } from './text-stream.js';

function write(
  pieces: readonly string[],
  stop: readonly string[] = [],
  startsThinking = false,
): { text: string; reasoning: string; isStopped: boolean; all: TextPiece[] } {
  const stream = new TextStream(stop, startsThinking);
  const all = [...pieces.flatMap((piece) => stream.push(piece)), ...stream.end()];
  const join = (type: TextPiece['type']): string =>
    all
      .filter((piece) => piece.type === type)
      .map(({ text }) => text)
      .join('');
  return { text: join('text'), reasoning: join('reasoning'), isStopped: stream.isStopped, all };
}

describe('the text of a model', () => {
  it('is passed on as it comes', () => {
    expect(write(['Hello', ' world', '.']).all.map(({ text }) => text)).toEqual(['Hello', ' world', '.']);
  });

  it('ends before a stop string, however its letters arrive', () => {
    for (const pieces of [['one STOP two'], ['one S', 'TO', 'P two'], Array.from('one STOP two')]) {
      expect(write(pieces, ['STOP'])).toMatchObject({ text: 'one ', isStopped: true });
    }
  });

  it('ends at the first of several stop strings', () => {
    expect(write(['a b c d'], ['c', 'b'])).toMatchObject({ text: 'a ' });
  });

  it('includes text that only began like a stop string', () => {
    expect(write(['a ST', 'ART'], ['STOP'])).toMatchObject({ text: 'a START', isStopped: false });
    expect(write(['a STO'], ['STOP'])).toMatchObject({ text: 'a STO' });
  });

  it('is separated from thoughts, however the tags arrive', () => {
    for (const pieces of [['<think>\nhm\n</think>\n\nYes.'], Array.from('<think>\nhm\n</think>\n\nYes.')]) {
      expect(write(pieces)).toMatchObject({ text: 'Yes.', reasoning: '\nhm\n' });
    }
  });

  it('begins with a thought when the prompt has opened one', () => {
    expect(write(['hm</th', 'ink>Yes'], [], true)).toMatchObject({ text: 'Yes', reasoning: 'hm' });
  });

  it('keeps a tag later in the text unchanged', () => {
    expect(write(['Write <think> so'])).toMatchObject({ text: 'Write <think> so', reasoning: '' });
    expect(write(['<thin ice'])).toMatchObject({ text: '<thin ice' });
  });

  it('does not end at a stop string inside a thought', () => {
    expect(write(['<think>STOP</think>go STOP'], ['STOP'])).toMatchObject({ text: 'go ', reasoning: 'STOP' });
  });
});
