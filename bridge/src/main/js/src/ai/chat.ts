/** Not part of Dunlin. */
export {};
throw new Error("socket:ai/chat is not part of Dunlin: run a model in a back end of the app ([linux|mac|win] cmd in socket.ini) or in a Java extension");
