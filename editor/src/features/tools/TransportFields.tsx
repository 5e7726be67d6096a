import type { ReactElement } from 'react';
import { LinesField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { SettingRows } from './SettingRows.js';
import type { ToolServerDraft } from './tool-server-draft.js';
import { FieldError } from '../../ui/fields/FieldError.js';

/** The fields for where a server runs: at an address, or as a command on Heddle's machine. */
export function TransportFields({
  draft,
  errors,
  onChange,
}: {
  readonly draft: ToolServerDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (part: Partial<ToolServerDraft>) => void;
}): ReactElement {
  const isHttp = draft.kind === 'http';
  return (
    <fieldset className="sheet-part">
      <legend>Location</legend>
      <SelectField
        title="Transport"
        value={draft.kind}
        choices={[
          ['http', 'URL (streamable HTTP)'],
          ['stdio', 'Command on this machine'],
        ]}
        help={
          isHttp
            ? undefined
            : 'The command runs with the rights of Heddle, in its own process group and environment. Register only what you trust.'
        }
        onChange={(kind) => onChange({ kind })}
      />
      {isHttp ? (
        <>
          <TextField
            title="URL"
            type="url"
            value={draft.url}
            error={errors['url']}
            placeholder="https://mcp.example.com/mcp"
            onChange={(url) => onChange({ url })}
          />
          <SwitchField
            title="Allow addresses in our network"
            value={draft.isInside}
            help="Otherwise, addresses of this machine and your network are refused."
            onChange={(isInside) => onChange({ isInside })}
          />
          <SwitchField
            title="Sign in with OAuth"
            value={draft.isSignedInTo}
            help="Save, then sign in on the page Tools. Heddle stores the token encrypted, and renews it."
            onChange={(isSignedInTo) => onChange({ isSignedInTo })}
          />
          {draft.isSignedInTo ? <ClientFields draft={draft} onChange={onChange} /> : null}
        </>
      ) : (
        <>
          <TextField
            title="Command"
            value={draft.command}
            error={errors['command']}
            placeholder="npx"
            onChange={(command) => onChange({ command })}
          />
          <LinesField
            title="Arguments, one per line"
            value={draft.args}
            rows={Math.max(3, draft.args.split('\n').length)}
            isCode
            placeholder={'-y\n@modelcontextprotocol/server-filesystem\n/srv/docs'}
            onChange={(args) => onChange({ args })}
          />
          <TextField
            title="Working folder"
            value={draft.folder}
            placeholder="Heddle's own"
            onChange={(folder) => onChange({ folder })}
          />
        </>
      )}
      <p className="field-label">{isHttp ? 'Headers' : 'Environment variables'}</p>
      <SettingRows
        settings={draft.settings}
        one={isHttp ? 'header' : 'variable'}
        onChange={(settings) => onChange({ settings })}
      />
      <FieldError text={errors['settings']} />
    </fieldset>
  );
}

/** The fields for Heddle's OAuth client, for servers without client registration. */
function ClientFields({
  draft,
  onChange,
}: {
  readonly draft: ToolServerDraft;
  readonly onChange: (part: Partial<ToolServerDraft>) => void;
}): ReactElement {
  return (
    <div className="field-pair">
      <TextField
        title="Client id"
        value={draft.clientId}
        placeholder="Registered automatically"
        help="For servers without client registration."
        onChange={(clientId) => onChange({ clientId })}
      />
      <TextField
        title="Client secret"
        value={draft.clientSecret}
        placeholder="None"
        help="Name of a stored secret."
        onChange={(clientSecret) => onChange({ clientSecret })}
      />
      <TextField
        title="Scope"
        value={draft.scope}
        placeholder="From the server"
        onChange={(scope) => onChange({ scope })}
      />
    </div>
  );
}
