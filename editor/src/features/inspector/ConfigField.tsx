import { memo, useId, type ReactElement } from 'react';
import { durationText } from '../../ui/format/duration-field.js';
import { BooleanInput } from '../../ui/schema-form/BooleanInput.js';
import { CandidatesInput } from './choices/CandidatesInput.js';
import { ChecksInput } from '../../ui/schema-form/ChecksInput.js';
import { ChoiceInput } from '../../ui/schema-form/ChoiceInput.js';
import { CodeInput } from './code/CodeInput.js';
import { ConditionInput } from './code/ConditionInput.js';
import { DurationInput } from '../../ui/schema-form/DurationInput.js';
import { SettingFrame } from '../../ui/fields/SettingFrame.js';
import { issuesAt, type FieldProps, type InputShared } from '../../ui/schema-form/field-props.js';
import { IssueText } from './IssueText.js';
import { JsonInput } from './code/JsonInput.js';
import { ListInput } from '../../ui/schema-form/ListInput.js';
import { ModelInput } from '../models/index.js';
import { CollectionInput, WorkflowInput } from './choices/NamedInput.js';
import { NumberInput } from '../../ui/schema-form/NumberInput.js';
import { PairsInput } from '../../ui/schema-form/PairsInput.js';
import { PersonInput } from './choices/PersonInput.js';
import { PolicyInput } from './choices/PolicyInput.js';
import { RecordInput } from '../../ui/schema-form/RecordInput.js';
import type { SchemaField } from '../../ui/schema-form/schema-field.js';
import { SchemaInput } from './code/SchemaInput.js';
import { SecretInput } from './choices/SecretInput.js';
import { TemplateInput } from './code/TemplateInput.js';
import { ToolInput, ToolServerInput } from './choices/ToolInput.js';
import { TextInput } from '../../ui/schema-form/TextInput.js';

/** One setting: label, input, help and issues. */
export const ConfigField = memo(function ConfigField(props: FieldProps): ReactElement {
  const { field, path, issues } = props;
  const id = useId();
  const own = issuesAt(issues, path, field.kind !== 'list' && field.kind !== 'record');
  const describedBy = [field.help === undefined ? '' : `${id}-help`, own.length === 0 ? '' : `${id}-issues`]
    .join(' ')
    .trim();
  const shared = {
    id,
    describedBy: describedBy === '' ? undefined : describedBy,
    isInvalid: own.length > 0,
    Field: ConfigField,
  };
  return (
    <SettingFrame
      id={id}
      field={field}
      path={path}
      hasNamedWidget={namedWidgets.has(field.widget ?? '')}
      moreHelp={standardText(field)}
      issues={
        own.length === 0 ? null : (
          <div id={`${id}-issues`}>
            {own.map((issue) => (
              <p key={`${issue.code} ${issue.message}`} className="field-error">
                <IssueText issue={issue} />
              </p>
            ))}
          </div>
        )
      }
    >
      <Input {...props} {...shared} />
    </SettingFrame>
  );
});

function Input(props: FieldProps & InputShared): ReactElement {
  const { field } = props;
  switch (field.kind) {
    case 'text':
      return <TextWidget {...props} field={field} />;
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
      return <ListWidget {...props} field={field} />;
    case 'record':
      return <RecordInput {...props} field={field} />;
    case 'json':
      return field.widget === 'schema' ? (
        <SchemaInput {...props} field={field} />
      ) : (
        <JsonInput {...props} field={field} />
      );
    case 'pairs':
      return <PairsInput {...props} field={field} />;
  }
}

function ListWidget(props: FieldProps<'list'> & InputShared): ReactElement {
  switch (props.field.widget) {
    case 'candidates':
      return <CandidatesInput {...props} />;
    case 'checkboxes':
      return <ChecksInput {...props} />;
    default:
      return <ListInput {...props} />;
  }
}

/** Widgets of several controls, or a text editor: a label cannot point to them. */
const namedWidgets = new Set(['template', 'expression', 'code']);

function TextWidget(props: FieldProps<'text'> & InputShared): ReactElement {
  switch (props.field.widget) {
    case 'model':
      return <ModelInput {...props} />;
    case 'collection':
      return <CollectionInput {...props} />;
    case 'workflow':
      return <WorkflowInput {...props} />;
    case 'person':
      return <PersonInput {...props} />;
    case 'policy':
      return <PolicyInput {...props} />;
    case 'tool-server':
      return <ToolServerInput {...props} />;
    case 'tool':
      return <ToolInput {...props} />;
    case 'secret':
      return <SecretInput {...props} />;
    case 'template':
      return <TemplateInput {...props} />;
    case 'expression':
      return <ConditionInput {...props} />;
    case 'code':
      return <CodeInput {...props} />;
    default:
      return <TextInput {...props} />;
  }
}

/** The default in short, where its field does not show it. */
function standardText({ kind, standard, widget }: SchemaField): string {
  if (kind !== 'number' || typeof standard !== 'number') return '';
  return ` Default ${widget === 'duration' ? durationText(standard) : standard}.`;
}
