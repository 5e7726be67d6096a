import { memo, useId, type ReactElement } from 'react';
import { BooleanInput } from './BooleanInput.js';
import { ChoiceInput } from './ChoiceInput.js';
import { issuesAt, type FieldProps, type InputShared } from './field-props.js';
import { JsonInput } from './JsonInput.js';
import { ListInput } from './ListInput.js';
import { NumberInput } from './NumberInput.js';
import { RecordInput } from './RecordInput.js';
import { TextInput } from './TextInput.js';

/** One setting: label, the input that fits it, its help, and what the compiler says of it. */
export const ConfigField = memo(function ConfigField(props: FieldProps): ReactElement {
  const { field, path, issues } = props;
  const id = useId();
  const isGroup = field.kind === 'list' || field.kind === 'record';
  const own = issuesAt(issues, path, !isGroup);
  const describedBy = [field.help === undefined ? '' : `${id}-help`, own.length === 0 ? '' : `${id}-issues`].join(' ').trim();
  const shared = { id, describedBy: describedBy === '' ? undefined : describedBy, isInvalid: own.length > 0, Field: ConfigField };
  const label = (
    <>
      {field.title}
      {field.widget === 'template' ? <span className="field-type">{'{{ name }}'}</span> : null}
    </>
  );
  return (
    <div className="field" role={isGroup ? 'group' : undefined} aria-labelledby={isGroup ? `${id}-label` : undefined}>
      {isGroup ? (
        <span id={`${id}-label`} className="field-label">
          {label}
        </span>
      ) : (
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
      )}
      <Input {...props} {...shared} />
      {field.help === undefined ? null : (
        <p id={`${id}-help`} className="field-help">
          {field.help}
        </p>
      )}
      {own.length === 0 ? null : (
        <div id={`${id}-issues`}>
          {own.map((issue) => (
            <p key={`${issue.code} ${issue.message}`} className="field-error">
              {issue.message} {issue.fix}
            </p>
          ))}
        </div>
      )}
    </div>
  );
});

function Input(props: FieldProps & InputShared): ReactElement {
  const { field } = props;
  switch (field.kind) {
    case 'text':
      return <TextInput {...props} field={field} />;
    case 'number':
      return <NumberInput {...props} field={field} />;
    case 'boolean':
      return <BooleanInput {...props} field={field} />;
    case 'choice':
      return <ChoiceInput {...props} field={field} />;
    case 'list':
      return <ListInput {...props} field={field} />;
    case 'record':
      return <RecordInput {...props} field={field} />;
    case 'json':
      return <JsonInput {...props} field={field} />;
  }
}
