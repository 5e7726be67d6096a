import { ArrowUp, Paperclip, Square, X } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement, type SyntheticEvent } from 'react';
import { formatBytes } from '../format/format-bytes.js';
import { FieldError } from '../fields/FieldError.js';

interface ChatFiles {
  readonly isMany: boolean;
  readonly isImage: boolean;
  /** The largest size of one file. */
  readonly maxBytes: number;
}

const tallest = 200;

/** The message field. Enter sends, Shift+Enter starts a new line. While an answer streams, the button stops it. */
export function ChatComposer({
  isBusy,
  files: allowed,
  isFirst = false,
  onSend,
  onStop,
}: {
  readonly isBusy: boolean;
  readonly files?: ChatFiles | undefined;
  /** Whether the field takes the focus when the page opens. */
  readonly isFirst?: boolean;
  /** Sends a message and returns whether it was accepted. If not, the text stays in the field. */
  readonly onSend: (text: string, files: readonly File[]) => boolean | Promise<boolean>;
  readonly onStop: () => void;
}): ReactElement {
  const [text, setText] = useState('');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [problem, setProblem] = useState<string>();
  const field = useRef<HTMLTextAreaElement>(null);
  const problemId = useId();

  const choose = (chosen: readonly File[], { isMany, maxBytes }: ChatFiles): void => {
    const large = chosen.find(({ size }) => size > maxBytes);
    setProblem(large === undefined ? undefined : `'${large.name}' is larger than ${formatBytes(maxBytes)}.`);
    const fits = chosen.filter(({ size }) => size <= maxBytes);
    setFiles(isMany ? [...files, ...fits] : fits.slice(0, 1));
    field.current?.focus();
  };
  const send = async (): Promise<void> => {
    if (isBusy) return;
    setProblem(text.trim() === '' ? 'Enter a message first.' : undefined);
    if (text.trim() === '' || !(await onSend(text.trim(), files))) return;
    setText('');
    setFiles([]);
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (isBusy) onStop();
    else void send();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter also confirms the composition of an input method, for example in Japanese.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  useEffect(() => {
    const { current } = field;
    if (current === null) return;
    current.style.height = 'auto';
    current.style.height = `${Math.min(tallest, current.scrollHeight)}px`;
  }, [text]);

  return (
    <form className="chat-write stack gap-6" onSubmit={submit} noValidate>
      {files.length === 0 ? null : (
        <ul className="wrapped gap-6" aria-label="Attached files">
          {files.map((file, index) => (
            <li key={index} className="chat-attached boxed aligned gap-4">
              <span>{file.name}</span>
              <button
                type="button"
                className="icon-button"
                aria-label={`Remove ${file.name}`}
                onClick={() => setFiles(files.filter((other) => other !== file))}
              >
                <X size={16} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="chat-row raised">
        {allowed === undefined ? null : (
          <AttachButton allowed={allowed} onChoose={(chosen) => choose(chosen, allowed)} />
        )}
        <textarea
          ref={field}
          rows={1}
          autoFocus={isFirst}
          maxLength={100_000}
          value={text}
          placeholder="Write a message"
          aria-label="Message"
          aria-describedby={problem === undefined ? undefined : problemId}
          enterKeyHint="send"
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            setProblem(undefined);
          }}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className="button button-primary chat-send"
          aria-label={isBusy ? 'Stop' : 'Send'}
          data-tip={isBusy ? 'Stop' : 'Send'}
        >
          {isBusy ? <Square size={16} aria-hidden /> : <ArrowUp size={18} aria-hidden />}
        </button>
      </div>
      <FieldError id={problemId} text={problem} />
    </form>
  );
}

function AttachButton({
  allowed: { isMany, isImage },
  onChoose,
}: {
  readonly allowed: ChatFiles;
  readonly onChoose: (files: readonly File[]) => void;
}): ReactElement {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label="Attach a file"
        data-tip="Attach a file"
        onClick={() => picker.current?.click()}
      >
        <Paperclip size={18} aria-hidden />
      </button>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="Files to attach"
        multiple={isMany}
        accept={isImage ? 'image/*' : undefined}
        onChange={(event) => {
          onChoose([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}
