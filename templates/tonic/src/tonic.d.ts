// Tonic comes without types: these are for what is used here.
declare module '@socketsupply/tonic' {
  type Template = { readonly isTonicTemplate: true }

  export default class Tonic<Props extends object = object> extends HTMLElement {
    static add (component: typeof Tonic<any>, tag?: string): void
    static match (element: Element, selector: string): HTMLElement | null
    props: Props
    html (strings: TemplateStringsArray, ...values: unknown[]): Template
    reRender (props?: Props): Promise<this>
    render (): Template
    connected? (): void
    updated? (): void
  }
}
