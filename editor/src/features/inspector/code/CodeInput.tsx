import type { ReactElement } from 'react';
import { CodeField } from '../../../ui/code/CodeField.js';
import type { Completions } from '../../../ui/code/code-field.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import { useNodeForm } from '../node-form.js';
import { useDocument } from '../../session/index.js';

/** The editor for the JavaScript of a code node. Typing `input.` offers the node's inputs. */
export function CodeInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const { nodeId } = useNodeForm();
  const inputs = useDocument((state) => state.compiled?.ports[nodeId]?.inputs);
  const standard = typeof field.standard === 'string' ? field.standard : '';
  const complete = (text: string, at: number): Completions | undefined => {
    const written = /\binput\.(\w*)$/.exec(text.slice(0, at));
    if (written === null) return undefined;
    return {
      from: at - (written[1] ?? '').length,
      options: (inputs ?? []).map((port) => ({ label: port.name, detail: port.type, apply: port.name })),
    };
  };
  return (
    <CodeField
      value={typeof value === 'string' ? value : standard}
      language="javascript"
      isReadOnly={isReadOnly}
      isInvalid={isInvalid}
      labelledBy={`${id}-label`}
      describedBy={describedBy}
      placeholder={undefined}
      onChange={onChange}
      complete={complete}
    />
  );
}
