import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import type { CodeFieldProps } from './code-field.js';

/** Parses templates: plain text, and expressions in braces. */
const templateParser: StreamParser<{ isInside: boolean }> = {
  startState: () => ({ isInside: false }),
  token: (stream, state) => {
    if (state.isInside) {
      if (stream.match('}}')) {
        state.isInside = false;
        return 'brace';
      }
      if (stream.match(/^[\w.[\]"'-]+/)) return 'variableName';
      stream.next();
      return null;
    }
    if (stream.match('\\{{')) return null;
    if (stream.match('{{')) {
      state.isInside = true;
      return 'brace';
    }
    stream.next();
    stream.eatWhile((character: string) => character !== '{' && character !== '\\');
    return null;
  },
};

const expressionParser: StreamParser<null> = {
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return 'string';
    if (stream.match(/^\d+(?:\.\d+)?/)) return 'number';
    if (stream.match(/^(?:true|false|null|in)\b/)) return 'keyword';
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'function';
    if (stream.match(/^[A-Za-z_]\w*/)) return 'variableName';
    stream.next();
    return 'operator';
  },
  tokenTable: { function: tags.function(tags.variableName) },
};

const jsonParser: StreamParser<null> = {
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"?(?=\s*:)/)) return 'propertyName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return 'number';
    if (stream.match(/^(?:true|false|null)\b/)) return 'keyword';
    stream.next();
    return null;
  },
};

/** The colour of a port type, mixed with the text colour so that small letters are readable. */
function readable(type: string): string {
  return `color-mix(in oklab, var(--type-${type}) 62%, var(--text))`;
}

/** The colours are tokens of the theme, so they work in light and dark. */
const colours = HighlightStyle.define([
  { tag: tags.brace, color: readable('text') },
  { tag: tags.variableName, color: readable('text') },
  { tag: tags.propertyName, color: readable('text') },
  { tag: tags.function(tags.variableName), color: readable('messages') },
  { tag: [tags.string, tags.special(tags.string)], color: readable('passages') },
  { tag: [tags.number, tags.bool], color: readable('number') },
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword], color: readable('boolean') },
  { tag: tags.comment, color: 'var(--text-quiet)', fontStyle: 'italic' },
]);

/** The parser and highlighting for a language. */
export function languageOf(language: CodeFieldProps['language']): Extension {
  return [parserOf(language), syntaxHighlighting(colours)];
}

function parserOf(language: CodeFieldProps['language']): Extension {
  switch (language) {
    case 'template':
      return StreamLanguage.define(templateParser);
    case 'expression':
      return StreamLanguage.define(expressionParser);
    case 'json':
      return StreamLanguage.define(jsonParser);
    case 'javascript':
      return javascript();
    case 'plain':
      return [];
  }
}
