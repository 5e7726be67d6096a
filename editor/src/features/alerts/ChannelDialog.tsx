import { AlertChannelConfig, type CreatedAlertChannel } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { CopyText } from '../../ui/buttons/CopyText.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { useForm, type Form } from '../../ui/forms/use-form.js';
import { readForm } from '../../ui/forms/read-form.js';

interface ChannelForm {
  readonly kind: AlertChannelConfig['kind'];
  readonly name: string;
  readonly url: string;
}

const fresh: ChannelForm = { kind: 'webhook', name: '', url: '' };

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
  const form = useForm<ChannelForm>(fresh);
  const mail = useForm<MailForm>(freshMail);
  const [made, setMade] = useState<CreatedAlertChannel>();
  const { kind } = form.values;
  const submit = async (): Promise<void> => {
    const more = kind === 'email' ? mailOf(mail.values) : { url: form.values.url.trim() };
    const given = { kind, name: form.values.name.trim(), ...more };
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
    <FormDialog title="New channel" verb="Add channel" hasOwnChecks onSubmit={submit} onClose={onClose}>
      <SelectField
        title="Kind"
        {...form.field('kind')}
        choices={[
          ['webhook', 'Webhook, signed'],
          ['slack', 'Slack, or a webhook that accepts its messages'],
          ['email', 'E-mail'],
        ]}
      />
      <TextField title="Name" {...form.field('name')} isFirst placeholder="Team on duty" />
      {kind === 'email' ? (
        <MailFields form={mail} />
      ) : (
        <TextField
          title="Address"
          {...form.field('url')}
          type={kind === 'slack' ? 'password' : 'text'}
          placeholder="https://"
          help={
            kind === 'slack'
              ? 'Anyone who has it can write to the room, so it is stored as a secret and not shown again.'
              : 'On the public internet, or allowed by an administrator (HEDDLE_FETCH_ALLOW).'
          }
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

function MailFields({ form }: { readonly form: Form<MailForm> }): ReactElement {
  return (
    <>
      <div className="field-pair">
        <TextField title="Mail server" {...form.field('host')} placeholder="smtp.example.com" />
        <NumberField title="Port" {...form.field('port')} step={1} />
      </div>
      <SelectField
        title="Encryption"
        {...form.field('security')}
        choices={[
          ['starttls', 'STARTTLS, required'],
          ['tls', 'TLS from the first byte'],
          ['none', 'None'],
        ]}
      />
      <div className="field-pair">
        <TextField title="User" {...form.field('user')} />
        <TextField
          title="Secret with the password"
          {...form.field('passwordSecret')}
          placeholder="smtp-password"
          help="The name of a secret that may go to this host and port."
        />
      </div>
      <TextField title="From" {...form.field('from')} placeholder="heddle@example.com" />
      <TextField title="To" {...form.field('to')} placeholder="team@example.com, ada@example.com" />
    </>
  );
}
