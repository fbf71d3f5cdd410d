// Browsers clean a microphone's sound up for speech: they take whistles for noise, and level what is
// loud and soft. What is recorded here is music, and stays as it is.
(() => {
  const devices = navigator.mediaDevices;
  if (!devices?.getUserMedia) return;
  const ask = devices.getUserMedia.bind(devices);
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  devices.getUserMedia = (wanted) => {
    if (!wanted?.audio) return ask(wanted);
    const audio = wanted.audio === true ? {} : wanted.audio;
    return ask({ ...wanted, audio: { ...audio, ...plain } });
  };
})();
