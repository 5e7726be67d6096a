import { useId, type ReactElement } from 'react';
import { SettingFrame } from '../../fields/SettingFrame.js';
import { BooleanInput } from '../BooleanInput.js';
import { ChecksInput } from '../ChecksInput.js';
import { ChoiceInput } from '../ChoiceInput.js';
import { DurationInput } from '../DurationInput.js';
import type { FieldProps, InputShared } from '../field-props.js';
import { JsonInput } from './JsonInput.js';
import { ListInput } from '../ListInput.js';
import { NumberInput } from '../NumberInput.js';
import { PairsInput } from '../PairsInput.js';
import { RecordInput } from '../RecordInput.js';
import { TextInput } from '../TextInput.js';

/** A setting that needs no special widget: label, input and help. */
export function PlainField(props: FieldProps): ReactElement {
  const { field, path } = props;
  const id = useId();
  const describedBy = field.help === undefined ? undefined : `${id}-help`;
  return (
    <SettingFrame id={id} field={field} path={path} hasNamedWidget={false}>
      <PlainInput {...props} id={id} describedBy={describedBy} isInvalid={false} Field={PlainField} />
    </SettingFrame>
  );
}

export function PlainInput(props: FieldProps & InputShared): ReactElement {
  const { field } = props;
  switch (field.kind) {
    case 'text':
      return <TextInput {...props} field={field} />;
    case 'number':
      return field.widget === 'duration' ? (
        <DurationInput {...props} field={field} />
      ) : (
        <NumberInput {...props} field={field} />
      );
    case 'boolean':
      return <BooleanInput {...props} field={field} />;
    case 'choice':
      return <ChoiceInput {...props} field={field} />;
    case 'list':
      return field.widget === 'checkboxes' ? (
        <ChecksInput {...props} field={field} />
      ) : (
        <ListInput {...props} field={field} />
      );
    case 'record':
      return <RecordInput {...props} field={field} />;
    case 'json':
      return <JsonInput {...props} field={field} />;
    case 'pairs':
      return <PairsInput {...props} field={field} />;
  }
}
