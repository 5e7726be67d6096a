import { memo, useId, type ReactElement } from 'react';
import { durationText } from '../../ui/format/duration-field.js';
import { CandidatesInput } from './choices/CandidatesInput.js';
import { CodeInput } from './code/CodeInput.js';
import { ConditionInput } from './code/ConditionInput.js';
import { SettingFrame } from '../../ui/fields/SettingFrame.js';
import { issuesAt, type FieldProps, type InputShared } from '../../ui/schema-form/field-props.js';
import { IssueText } from './IssueText.js';
import { JsonInput } from './code/JsonInput.js';
import { ModelInput } from '../models/index.js';
import { CollectionInput, WorkflowInput } from './choices/NamedInput.js';
import { PlainInput } from '../../ui/schema-form/plain/PlainField.js';
import { PersonInput } from './choices/PersonInput.js';
import { PolicyInput } from './choices/PolicyInput.js';
import type { SchemaField } from '../../ui/schema-form/schema-field.js';
import { SchemaInput } from './code/SchemaInput.js';
import { SecretInput } from './choices/SecretInput.js';
import { TemplateInput } from './code/TemplateInput.js';
import { ToolInput, ToolServerInput } from './choices/ToolInput.js';
import { TextInput } from '../../ui/schema-form/TextInput.js';

/** A setting with its label, input, help and issues. */
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
  if (field.kind === 'text') return <TextWidget {...props} field={field} />;
  if (field.kind === 'json' && field.widget === 'schema') return <SchemaInput {...props} field={field} />;
  if (field.kind === 'json') return <JsonInput {...props} field={field} />;
  if (field.kind === 'list' && field.widget === 'candidates') return <CandidatesInput {...props} field={field} />;
  return <PlainInput {...props} />;
}

/** Widgets that are text editors or have several controls, so that a label cannot refer to them. */
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

/** The default as text, for fields that do not show it themselves. */
function standardText({ kind, standard, widget }: SchemaField): string {
  if (kind !== 'number' || typeof standard !== 'number') return '';
  return ` Default ${widget === 'duration' ? durationText(standard) : standard}.`;
}
