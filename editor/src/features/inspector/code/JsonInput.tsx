import { useState, type ReactElement } from 'react';
import { CodeField } from '../../../ui/code/CodeField.js';
import type { TextProblem } from './template-problem.js';
import { templateProblem } from './template-problem.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import { TemplateField } from './TemplateInput.js';

/**
 * A field for any JSON value. A valid text is stored at once, and an empty one means that the setting is not set. Where texts are
 * templates, the values of other nodes are offered.
 */
export function JsonInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'json'> & InputShared): ReactElement {
  const current = value === undefined ? field.standard : value;
  const written = current === undefined ? '' : JSON.stringify(current, undefined, 2);
  const [typed, setTyped] = useState<{ readonly of: string; readonly text: string }>();
  // A change from outside, such as an undo, replaces the typed text.
  const text = typed?.of === written ? typed.text : written;
  const problem = problemOf(text);
  const change = (next: string): void => {
    const read = readJson(next);
    const after = read.ok
      ? read.value === undefined
        ? field.standard === undefined
          ? ''
          : JSON.stringify(field.standard, undefined, 2)
        : JSON.stringify(read.value, undefined, 2)
      : written;
    setTyped({ of: after, text: next });
    if (read.ok) onChange(read.value);
  };
  const shared = {
    value: text,
    language: 'json',
    isReadOnly,
    isInvalid: isInvalid || problem !== undefined,
    labelledBy: `${id}-label`,
    describedBy,
    onChange: change,
  } as const;
  return (
    <>
      {field.isTemplate ? (
        <TemplateField
          {...shared}
          standard={undefined}
          isSingleLine={false}
          problemOf={(shown) => problemOf(shown) ?? templateProblem(shown)}
        />
      ) : (
        <CodeField {...shared} placeholder={undefined} problemOf={problemOf} />
      )}
      {problem === undefined ? null : <p className="field-error">Not valid JSON yet: {problem.message}</p>}
    </>
  );
}

type Read = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: TextProblem };

function readJson(text: string): Read {
  if (text.trim() === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length - 1);
    return {
      ok: false,
      problem: {
        from: Math.min(at, text.length - 1),
        to: Math.min(at + 1, text.length),
        message: 'texts need quotes, and no comma follows the last entry.',
      },
    };
  }
}

function problemOf(text: string): TextProblem | undefined {
  const read = readJson(text);
  return read.ok ? undefined : read.problem;
}
