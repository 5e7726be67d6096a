import { expect, it } from '@jest/globals';
import type { PortDescription, PortTypeName } from '@heddle/core';
import { obviousPair } from './obvious-pair.js';

/** Ports from `name:Type`, with `?` after an optional one. */
const ports = (text: string): PortDescription[] =>
  text.split(' ').map((port) => {
    const [name = '', type = ''] = port.replace('?', '').split(':');
    return { name, type: type as PortTypeName, mode: 'one', isOptional: port.endsWith('?') };
  });
const pairOf = (outputs: string, inputs: string): string => {
  const pair = obviousPair(ports(outputs), ports(inputs));
  return pair === undefined ? 'none' : `${pair.output.name}->${pair.input.name}`;
};

it('connects the main output to the first required input that takes it', () => {
  expect(pairOf('text:Text usage:Json', 'note:Text? query:Text more:Text')).toBe('text->query');
  expect(pairOf('text:Text', 'value:Json query:Text')).toBe('text->query');
  expect(pairOf('text:Text passages:Passages', 'text:Text? found:Passages')).toBe('passages->found');
});

it('takes an optional input when none is required, of the same type first, and never the error port', () => {
  expect(pairOf('text:Text', 'prompt:Text? messages:Messages?')).toBe('text->prompt');
  expect(pairOf('passages:Passages', 'prompt:Text? passages:Passages?')).toBe('passages->passages');
  expect(pairOf('text:Text citations:Json', 'result:Json?')).toBe('text->result');
  expect(pairOf('error:Json', 'value:Json')).toBe('none');
  expect(pairOf('image:Image', 'prompt:Text')).toBe('none');
});
