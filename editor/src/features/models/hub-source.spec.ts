import { describe, expect, it } from '@jest/globals';
import { hubSource, idFromSource } from './hub-source.js';

describe('a hub repository as people write it', () => {
  it('may be short, pinned, or the address of a page', () => {
    expect(hubSource('me/tiny/model.gguf')).toBe('hf:me/tiny@main/model.gguf');
    expect(hubSource(' me/tiny@abc123/sub/model.gguf ')).toBe('hf:me/tiny@abc123/sub/model.gguf');
    expect(hubSource('https://hub.example/me/tiny/blob/main/model.gguf?x=1')).toBe('hf:me/tiny@main/model.gguf');
  });

  it('is nothing without a file', () => {
    expect([hubSource('me/tiny'), hubSource(''), hubSource('model.gguf')]).toEqual([undefined, undefined, undefined]);
  });

  it('gives an id that workflows can name', () => {
    expect(idFromSource('hf:me/x@main/Qwen2.5 0.5B.Q4_K_M.gguf')).toBe('qwen2.5-0.5b.q4_k_m');
    expect(idFromSource('file:C:\\m\\_Odd.ONNX')).toBe('odd');
  });
});
