import type { FileRef } from '@heddle/core';
import { FileText, Upload, X } from 'lucide-react';
import { useContext, useRef, useState, type DragEvent, type ReactElement } from 'react';
import { formatBytes } from '../format/format-bytes.js';
import { visibleText } from '../markdown/visible-text.js';
import { StoreFile } from './store-file.js';
import { FieldError } from '../fields/FieldError.js';

/** An input for files, selected or dropped. A file is stored at once; the form holds the reference to it. */
export function FileField({
  id,
  isList,
  isImage,
  value,
  isInvalid,
  describedBy,
  onChange,
}: {
  readonly id: string;
  readonly isList: boolean;
  readonly isImage: boolean;
  /** JSON of one file reference, or of a list of them; empty for none. */
  readonly value: string;
  readonly isInvalid: boolean;
  readonly describedBy: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const storeFile = useContext(StoreFile);
  const [isOver, setOver] = useState(false);
  const [uploading, setUploading] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const files = filesOf(value);
  const setFiles = (next: readonly FileRef[]): void =>
    onChange(next.length === 0 ? '' : JSON.stringify(isList ? next : next[0]));

  const addFiles = async (chosen: readonly File[]): Promise<void> => {
    const odd = isImage ? chosen.find(({ type }) => !type.startsWith('image/')) : undefined;
    setProblem(odd === undefined ? undefined : `${visibleText(odd.name)} is not an image.`);
    if (odd !== undefined) return;
    const stored: FileRef[] = isList ? [...files] : [];
    try {
      for (const file of isList ? chosen : chosen.slice(0, 1)) {
        setUploading(file.name);
        stored.push(await storeFile(file));
      }
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setUploading(undefined);
    setFiles(stored);
  };
  const over = (event: DragEvent, next: boolean): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setOver(next);
  };

  return (
    <div
      className="file-field"
      data-over={isOver || undefined}
      data-invalid={isInvalid || undefined}
      onDragEnter={(event) => over(event, true)}
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={(event) => {
        over(event, false);
        void addFiles([...event.dataTransfer.files]);
      }}
    >
      {files.map((file, index) => (
        <p key={`${index} ${file.id}`} className="file-line aligned">
          <FileText size={14} aria-hidden />
          <span className="file-name">{visibleText(file.name)}</span>
          <span className="quiet figure">{formatBytes(file.size)}</span>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove ${visibleText(file.name)}`}
            onClick={() => setFiles(files.filter((_file, other) => other !== index))}
          >
            <X size={14} aria-hidden />
          </button>
        </p>
      ))}
      <button
        id={id}
        type="button"
        className="file-choose bare-button aligned"
        disabled={uploading !== undefined}
        aria-invalid={isInvalid}
        aria-describedby={describedBy}
        onClick={() => input.current?.click()}
      >
        <Upload size={14} aria-hidden />
        {uploading !== undefined
          ? `Uploading ${uploading}`
          : files.length === 0
            ? `Choose ${isImage ? 'an image' : isList ? 'files' : 'a file'}, or drop ${isList ? 'them' : 'it'} here`
            : isList
              ? 'Add another'
              : 'Choose another'}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={isList}
        accept={isImage ? 'image/*' : undefined}
        onChange={(event) => {
          void addFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <FieldError text={problem} />
    </div>
  );
}

/** The references in the text of a file field. */
export function filesOf(text: string): readonly FileRef[] {
  try {
    const read: unknown = JSON.parse(text);
    return (Array.isArray(read) ? read : [read]).filter(isFileRef);
  } catch {
    return [];
  }
}

/** Checks without a schema, because the share page loads none. */
function isFileRef(value: unknown): value is FileRef {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, size }: { id?: unknown; name?: unknown; size?: unknown } = value;
  return typeof id === 'string' && typeof name === 'string' && typeof size === 'number';
}
