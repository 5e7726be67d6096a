import { type CardSource } from './starter-pair.js';

type CardFile = CardSource['files'][number];

/** A file of a hub repository at one commit. Its hash is left out only if no published hash could be verified. */
export interface HubFile {
  readonly repository: string;
  readonly commit: string;
  readonly file: string;
  readonly size?: number;
  readonly sha256?: string;
  /** Other sources of the same file, which are tried after the hub. */
  readonly others?: CardFile['sources'];
}

/** A file of a card. It has the same name as in the repository unless `name` is given. */
export function hubFile(
  role: CardFile['role'],
  { repository, commit, file, others = [], ...known }: HubFile,
  name = file,
): CardFile {
  return { role, name, ...known, sources: [`hf:${repository}@${commit}/${file}`, ...others] };
}

/** The two files of an ONNX model, weights and tokenizer, under the names that Heddle gives them. */
export function onnxFiles({
  weights,
  tokenizer,
  ...location
}: Pick<HubFile, 'repository' | 'commit'> & {
  readonly weights: Omit<HubFile, 'repository' | 'commit'>;
  readonly tokenizer: Omit<HubFile, 'repository' | 'commit'>;
}): CardSource['files'] {
  return [
    hubFile('weights', { ...location, ...weights }, 'model.onnx'),
    hubFile('tokenizer', { ...location, ...tokenizer }, 'tokenizer.json'),
  ];
}
