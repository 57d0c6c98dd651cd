// Lets prettier format AssemblyScript, which is TypeScript but for decorators on functions and variables (@inline, @lazy …):
// TypeScript's parser rejects them. They are comments while prettier works, and decorators again in what it prints.
// The package assemblyscript-prettier (3.0.4) does the same, but writes a line break of its own before a decorator that nothing else
// stands before, `@inline` of a function or a method: a file that it has just written, 44 of ours, does not pass its check, and from
// the second time on two blank lines stand before each of these. It also brings a second AssemblyScript (0.27) as a parser.
import * as estree from "prettier/plugins/estree";
import * as typescript from "prettier/plugins/typescript";

/** A decorator on a line of its own before a function or variable at the top level; classes may have theirs. */
const DECORATOR = /^@(\w+(?:\([^)\n]*\))?)(?=\n(?:@.*\n)*(?:export )?(?:declare )?(?:function|const|let|enum) )/gm;
const MARK = "assemblyscript-decorator ";

export const languages = [{ name: "AssemblyScript", parsers: ["assemblyscript"], extensions: [] }];

export const parsers = {
  assemblyscript: {
    ...typescript.parsers.typescript,
    astFormat: "assemblyscript",
    preprocess: (text) => text.replace(DECORATOR, `/*${MARK}$1*/`),
  },
};

export const printers = {
  assemblyscript: {
    ...estree.printers.estree,
    printComment(path, options) {
      const comment = path.node;
      return comment.value.startsWith(MARK)
        ? `@${comment.value.slice(MARK.length)}`
        : estree.printers.estree.printComment(path, options);
    },
  },
};
