import { useId, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { CodeField } from '../../ui/code/CodeField.js';
import { Combobox } from '../../ui/fields/Combobox.js';
import { ChecksInput } from '../../ui/schema-form/ChecksInput.js';
import { SettingFrame } from '../../ui/fields/SettingFrame.js';
import type { FieldProps, InputShared } from '../../ui/schema-form/field-props.js';
import { ListInput } from '../../ui/schema-form/ListInput.js';
import { PlainInput } from '../../ui/schema-form/plain/PlainField.js';
import { TextInput } from '../../ui/schema-form/TextInput.js';
import { ModelInput } from '../models/index.js';

/** One setting of an evaluator: label, input and help. */
export function EvaluatorField(props: FieldProps): ReactElement {
  const { field, path } = props;
  const id = useId();
  const describedBy = field.help === undefined ? undefined : `${id}-help`;
  return (
    <SettingFrame id={id} field={field} path={path} hasNamedWidget={field.widget === 'code'}>
      <Input {...props} id={id} describedBy={describedBy} isInvalid={false} Field={EvaluatorField} />
    </SettingFrame>
  );
}

function Input(props: FieldProps & InputShared): ReactElement {
  const { field } = props;
  if (field.kind === 'text') return <TextWidget {...props} field={field} />;
  if (field.kind === 'list') return <ListWidget {...props} field={field} />;
  return <PlainInput {...props} />;
}

function ListWidget(props: FieldProps<'list'> & InputShared): ReactElement {
  const { field } = props;
  if (field.widget === 'checkboxes') return <ChecksInput {...props} />;
  if (field.widget !== 'models' || field.item.kind !== 'text') return <ListInput {...props} />;
  const item = { ...field.item, title: 'Model', widget: 'model', modelKind: 'generate' };
  return <ListInput {...props} field={{ ...field, item }} />;
}

function TextWidget(props: FieldProps<'text'> & InputShared): ReactElement {
  const { field, value, id, describedBy, isInvalid, isReadOnly, onChange } = props;
  switch (field.widget) {
    case 'model':
      return <ModelInput {...props} />;
    case 'workflow':
      return <WorkflowName {...props} />;
    case 'code':
      return (
        <CodeField
          value={typeof value === 'string' ? value : typeof field.standard === 'string' ? field.standard : ''}
          language="javascript"
          isReadOnly={isReadOnly}
          isInvalid={isInvalid}
          labelledBy={`${id}-label`}
          describedBy={describedBy}
          placeholder={undefined}
          onChange={onChange}
        />
      );
    default:
      return <TextInput {...props} />;
  }
}

/** A field for a stored workflow, named by its slug. */
function WorkflowName({
  value,
  id,
  describedBy,
  isInvalid,
  isReadOnly,
  onChange,
}: FieldProps<'text'> & InputShared): ReactElement {
  const { value: workflows, error } = useGet('/api/workflows', {}, ({ workflows }) => workflows);
  return (
    <Combobox
      id={id}
      value={typeof value === 'string' ? value : ''}
      items={(workflows ?? []).map(({ slug, name }) => ({ value: slug, title: name, detail: slug }))}
      placeholder={undefined}
      empty={error?.message ?? 'No workflow has this name.'}
      isReadOnly={isReadOnly}
      isInvalid={isInvalid}
      describedBy={describedBy}
      onChange={onChange}
    />
  );
}
