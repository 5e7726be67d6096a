import type { ReactElement } from 'react';
import { LinesField, SelectField, SwitchField, TextField } from '../FormFields.js';
import { SettingRows } from './SettingRows.js';
import type { ToolServerDraft } from './tool-server-draft.js';

/** Where a server is: an address, or a command of the machine that Heddle runs on. */
export function PlaceFields({
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
      <legend>Where it is</legend>
      <SelectField
        title="Reached by"
        value={draft.kind}
        choices={[
          ['http', 'An address (streamable HTTP)'],
          ['stdio', 'A command of this machine'],
        ]}
        help={
          isHttp
            ? undefined
            : 'It runs with the rights of Heddle, in a process group and an environment of its own. Register only what you trust.'
        }
        onChange={(kind) => onChange({ kind })}
      />
      {isHttp ? (
        <>
          <TextField
            title="Address"
            type="url"
            value={draft.url}
            error={errors['url']}
            placeholder="https://mcp.example.com/mcp"
            onChange={(url) => onChange({ url })}
          />
          <SwitchField
            title="The address may be inside our network"
            value={draft.isInside}
            help="Without it, addresses of this machine and of your network are refused."
            onChange={(isInside) => onChange({ isInside })}
          />
          <SwitchField
            title="Somebody signs in to it (OAuth)"
            value={draft.isSignedInTo}
            help="Save it, then choose Sign in on the page Tools. Heddle keeps what it is given sealed, and renews it."
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
            title="Arguments, one a line"
            value={draft.args}
            rows={Math.max(3, draft.args.split('\n').length)}
            isCode
            placeholder={'-y\n@modelcontextprotocol/server-filesystem\n/srv/docs'}
            onChange={(args) => onChange({ args })}
          />
          <TextField
            title="Working folder"
            value={draft.folder}
            placeholder="That of Heddle"
            onChange={(folder) => onChange({ folder })}
          />
        </>
      )}
      <p className="field-label">{isHttp ? 'Headers' : 'Variables of its environment'}</p>
      <SettingRows
        settings={draft.settings}
        one={isHttp ? 'header' : 'variable'}
        onChange={(settings) => onChange({ settings })}
      />
      {errors['settings'] === undefined ? null : (
        <p className="field-error" role="alert">
          {errors['settings']}
        </p>
      )}
    </fieldset>
  );
}

/** Who Heddle is at a server that does not let clients register themselves. */
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
        title="Client"
        value={draft.clientId}
        placeholder="Heddle registers itself"
        help="Its id, where the server was told of Heddle by hand."
        onChange={(clientId) => onChange({ clientId })}
      />
      <TextField
        title="Secret of the client"
        value={draft.clientSecret}
        placeholder="None"
        help="Name of a stored secret."
        onChange={(clientSecret) => onChange({ clientSecret })}
      />
      <TextField
        title="Scope"
        value={draft.scope}
        placeholder="What the server names"
        onChange={(scope) => onChange({ scope })}
      />
    </div>
  );
}
