/** What a code field is asked to be; CodeMirror itself is loaded when the first one is drawn. */
export interface CodeFieldProps {
  readonly value: string;
  readonly language: 'template' | 'expression' | 'javascript' | 'json' | 'plain';
  readonly isReadOnly: boolean;
  readonly isInvalid: boolean;
  readonly labelledBy: string;
  readonly describedBy: string | undefined;
  readonly placeholder: string | undefined;
  /** One line: Enter goes on to the next field. */
  readonly isSingleLine?: boolean;
  readonly onChange: (value: string) => void;
  /** What could stand at a place; asked while somebody writes. */
  readonly complete?: (text: string, at: number) => Completions | undefined;
  readonly problemOf?: (
    text: string,
  ) => { readonly from: number; readonly to: number; readonly message: string } | undefined;
  /** What to write where something was dropped; undefined where it does not fit here. */
  readonly onDropData?: (data: DataTransfer) => string | undefined;
  /** Takes the field's own commands, so that buttons around it can write into it. */
  readonly onReady?: (commands: CodeCommands | undefined) => void;
}

export interface Completions {
  readonly from: number;
  readonly options: readonly CompletionOption[];
}

export interface CompletionOption {
  readonly label: string;
  readonly detail: string;
  /** Written in place of what was typed. */
  readonly apply: string;
  /** Told after it was written. */
  readonly onApplied?: () => void;
}

export interface CodeCommands {
  /** Writes at the cursor, in place of what is selected. In JSON a text that would stand outside of quotes gets its own. */
  insert(text: string): void;
  /** Writes at the character nearest to a point of the screen. */
  insertAt(text: string, x: number, y: number): void;
  /** Whether a point of the screen lies on the field. */
  holds(x: number, y: number): boolean;
  focus(): void;
}
