import application from 'socket:application';
export const hello = () => application.config?.meta_bundle_identifier;
