import type { ReactElement } from 'react';
import { LinesField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import type { Form } from '../../ui/forms/use-form.js';
import { SettingRows } from './SettingRows.js';
import type { ToolServerDraft } from './tool-server-draft.js';
import { FieldError } from '../../ui/fields/FieldError.js';

/** The fields for where a server runs: at an address, or as a command on Heddle's machine. */
export function TransportFields({ form }: { readonly form: Form<ToolServerDraft> }): ReactElement {
  const { values: draft } = form;
  const isHttp = draft.kind === 'http';
  return (
    <fieldset className="sheet-part">
      <legend>Location</legend>
      <SelectField
        title="Transport"
        {...form.field('kind')}
        choices={[
          ['http', 'URL (streamable HTTP)'],
          ['stdio', 'Command on this machine'],
        ]}
        help={
          isHttp
            ? undefined
            : 'The command runs with the rights of Heddle, in its own process group and environment. Register only what you trust.'
        }
      />
      {isHttp ? (
        <>
          <TextField title="URL" {...form.field('url')} type="url" placeholder="https://mcp.example.com/mcp" />
          <SwitchField
            title="Allow addresses in our network"
            {...form.field('isInside')}
            help="Otherwise, addresses of this machine and your network are refused."
          />
          <SwitchField
            title="Sign in with OAuth"
            {...form.field('isSignedInTo')}
            help="Save, then sign in on the page Tools. Heddle stores the token encrypted, and renews it."
          />
          {draft.isSignedInTo ? <ClientFields form={form} /> : null}
        </>
      ) : (
        <>
          <TextField title="Command" {...form.field('command')} placeholder="npx" />
          <LinesField
            title="Arguments, one per line"
            {...form.field('args')}
            rows={Math.max(3, draft.args.split('\n').length)}
            isCode
            placeholder={'-y\n@modelcontextprotocol/server-filesystem\n/srv/docs'}
          />
          <TextField title="Working folder" {...form.field('folder')} placeholder="Heddle's own" />
        </>
      )}
      <p className="field-label">{isHttp ? 'Headers' : 'Environment variables'}</p>
      <SettingRows
        settings={draft.settings}
        one={isHttp ? 'header' : 'variable'}
        onChange={(settings) => form.change({ settings })}
      />
      <FieldError text={form.errors['settings']} />
    </fieldset>
  );
}

/** The fields for Heddle's OAuth client, for servers without client registration. */
function ClientFields({ form }: { readonly form: Form<ToolServerDraft> }): ReactElement {
  return (
    <div className="field-pair">
      <TextField
        title="Client id"
        {...form.field('clientId')}
        placeholder="Registered automatically"
        help="For servers without client registration."
      />
      <TextField
        title="Client secret"
        {...form.field('clientSecret')}
        placeholder="None"
        help="Name of a stored secret."
      />
      <TextField title="Scope" {...form.field('scope')} placeholder="From the server" />
    </div>
  );
}
