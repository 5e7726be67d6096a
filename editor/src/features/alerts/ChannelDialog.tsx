import { AlertChannelConfig, type CreatedAlertChannel } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { CopyText } from '../../ui/buttons/CopyText.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/fields/read-form.js';

type Kind = AlertChannelConfig['kind'];

const labels: Readonly<Record<string, string>> = {
  name: 'The name must have 1 to 200 characters.',
  url: 'The address must begin with https:// or http://.',
  host: 'Write the name of the mail server.',
  from: 'Write the address that sends.',
  to: 'Write one or more e-mail addresses, separated by commas.',
};

/** A dialog to add a channel for alerts. The secret of a webhook is shown only once. */
export function ChannelDialog({
  onClose,
  onSaved,
}: {
  readonly onClose: () => void;
  readonly onSaved: () => void;
}): ReactElement {
  const [kind, setKind] = useState<Kind>('webhook');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [mail, setMail] = useState<MailForm>(freshMail);
  const [made, setMade] = useState<CreatedAlertChannel>();
  const save = useAction();
  const submit = async (): Promise<void> => {
    const given =
      kind === 'email' ? { kind, name: name.trim(), ...mailOf(mail) } : { kind, name: name.trim(), url: url.trim() };
    const body = readForm(AlertChannelConfig, given, labels);
    const channel = await client.POST('/api/alert-channels', { body });
    onSaved();
    if (channel.secret === undefined) onClose();
    else setMade(channel);
  };
  if (made?.secret !== undefined)
    return (
      <Dialog title={`${made.name} is added`} onClose={onClose}>
        <div className="dialog-form">
          <p>
            This secret signs the messages (Standard Webhooks). It is shown only once: store it where the receiver can
            read it.
          </p>
          <CopyText text={made.secret} what="secret" />
          <div className="dialog-actions">
            <button type="button" className="button button-primary" onClick={onClose}>
              Done
            </button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <FormDialog title="New channel" verb="Add channel" action={save} hasOwnChecks onSubmit={submit} onClose={onClose}>
      <SelectField
        title="Kind"
        value={kind}
        choices={[
          ['webhook', 'Webhook, signed'],
          ['slack', 'Slack, or a webhook that accepts its messages'],
          ['email', 'E-mail'],
        ]}
        onChange={setKind}
      />
      <TextField title="Name" value={name} isFirst placeholder="Team on duty" onChange={setName} />
      {kind === 'email' ? (
        <MailFields mail={mail} onChange={(part) => setMail((before) => ({ ...before, ...part }))} />
      ) : (
        <TextField
          title="Address"
          value={url}
          type={kind === 'slack' ? 'password' : 'text'}
          placeholder="https://"
          help={
            kind === 'slack'
              ? 'Anyone who has it can write to the room, so it is stored as a secret and not shown again.'
              : 'On the public internet, or allowed by an administrator (HEDDLE_FETCH_ALLOW).'
          }
          onChange={setUrl}
        />
      )}
    </FormDialog>
  );
}

interface MailForm {
  readonly host: string;
  readonly port: number | undefined;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string;
  readonly passwordSecret: string;
  readonly from: string;
  readonly to: string;
}

const freshMail: MailForm = {
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  passwordSecret: '',
  from: '',
  to: '',
};

function mailOf({ user, passwordSecret, to, ...mail }: MailForm): object {
  return {
    ...mail,
    ...(user.trim() === '' ? {} : { user: user.trim() }),
    ...(passwordSecret.trim() === '' ? {} : { passwordSecret: passwordSecret.trim() }),
    to: to.split(/[,;\s]+/).filter((address) => address !== ''),
  };
}

function MailFields({
  mail,
  onChange,
}: {
  readonly mail: MailForm;
  readonly onChange: (part: Partial<MailForm>) => void;
}): ReactElement {
  return (
    <>
      <div className="field-pair">
        <TextField
          title="Mail server"
          value={mail.host}
          placeholder="smtp.example.com"
          onChange={(host) => onChange({ host })}
        />
        <NumberField title="Port" value={mail.port} step={1} onChange={(port) => onChange({ port })} />
      </div>
      <SelectField
        title="Encryption"
        value={mail.security}
        choices={[
          ['starttls', 'STARTTLS, required'],
          ['tls', 'TLS from the first byte'],
          ['none', 'None'],
        ]}
        onChange={(security) => onChange({ security })}
      />
      <div className="field-pair">
        <TextField title="User" value={mail.user} onChange={(user) => onChange({ user })} />
        <TextField
          title="Secret with the password"
          value={mail.passwordSecret}
          placeholder="smtp-password"
          help="The name of a secret that may go to this host and port."
          onChange={(passwordSecret) => onChange({ passwordSecret })}
        />
      </div>
      <TextField
        title="From"
        value={mail.from}
        placeholder="heddle@example.com"
        onChange={(from) => onChange({ from })}
      />
      <TextField
        title="To"
        value={mail.to}
        placeholder="team@example.com, ada@example.com"
        onChange={(to) => onChange({ to })}
      />
    </>
  );
}
