@echo off
rem Dunlin's front door on Windows: finds a JDK, builds what is missing, hands over to Java. The POSIX one is ./dunlin.
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
set "root=%root:~0,-1%"
set "dist=%root%\shell\target\dunlin"
set "help=%root%\shell\src\main\resources\dev\dunlin\shell\cli\help.txt"

if "%~1"=="" goto help
if "%~1"=="-h" goto help
if "%~1"=="--help" goto help
for %%c in (init run build docs keygen sign verify seed peer relay bt simulate operator test bench doctor setup env print-build-dir -v --version) do if "%~1"=="%%c" goto tools
echo dunlin: there is no command '%~1'; there are init, run, build, docs, keygen, sign, verify, seed, test, doctor, setup, env, print-build-dir, peer, relay, bt, simulate, operator and bench. 1>&2
exit /b 2

:help
type "%help%"
exit /b 0

:tools
set "java="
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\javac.exe" set "java=%JAVA_HOME%\bin\java.exe"
if not defined java for %%j in (javac.exe) do if not "%%~$PATH:j"=="" set "java=%%~dp$PATH:jjava.exe"
if not defined java (
  echo dunlin: there is no JDK. Install JDK 17 or later, for example: winget install EclipseAdoptium.Temurin.21.JDK 1>&2
  exit /b 1
)
set "version="
for /f "tokens=2 delims==" %%v in ('findstr /b "JAVA_VERSION=" "%java%\..\..\release"') do set "version=%%~v"
for /f "delims=." %%v in ("%version%") do set "version=%%v"
if not defined version set "version=0"
if %version% LSS 17 (
  echo dunlin: the JDK of %java% is too old. Install JDK 17 or later, or set JAVA_HOME. 1>&2
  exit /b 1
)
for %%i in ("%java%\..\..") do set "JAVA_HOME=%%~fi"

if "%~1"=="test" call :isapptest %* && goto appstart
if "%~1"=="test" goto test
if "%~1"=="bench" goto bench
if "%~1"=="build" goto package
if "%~1"=="docs" goto docs
if "%~1"=="operator" goto operator
for %%c in (init keygen sign verify seed) do if "%~1"=="%%c" goto package

:appstart
rem One file newer than the stamp, or no stamp: build.
set "fresh="
if exist "%dist%\stamp" for /f %%n in ('powershell -NoProfile -Command "$t = (Get-Item -LiteralPath $env:dist\stamp).LastWriteTime; if (-not (Get-ChildItem -LiteralPath $env:root\scheduler\src, $env:root\bridge\src, $env:root\net\src, $env:root\shell\src, $env:root\pom.xml, $env:root\scheduler\pom.xml, $env:root\bridge\pom.xml, $env:root\net\pom.xml, $env:root\shell\pom.xml -Recurse | Where-Object { $_.FullName -notmatch 'node_modules' -and $_.LastWriteTime -gt $t } | Select-Object -First 1)) { 'fresh' }"') do set "fresh=%%n"
if defined fresh goto start
call :build shell || exit /b 1

:start
set "classpath=%dist%\lib\*"
for %%j in ("%dist%\natives\*.jar") do set "classpath=%dist%\lib\*;%%~fj"
set "archive="
if exist "%dist%\dunlin.jsa" set archive="-XX:SharedArchiveFile=%dist%\dunlin.jsa"
"%java%" "@%dist%\java.args" %archive% -Ddunlin.launched=script "-Ddunlin.home=%root%" -cp "%classpath%" dev.dunlin.shell.Main %*
exit /b %ERRORLEVEL%

:docs
call :build installers || exit /b 1
set "classpath=%dist%\lib\*"
for %%j in ("%dist%\natives\*.jar") do set "classpath=%dist%\lib\*;%%~fj"
"%java%" "@%dist%\java.args" -Ddunlin.launched=script "-Ddunlin.home=%root%" -cp "%classpath%" dev.dunlin.shell.Main run --prod "%root%\installers\target\docs-app"
exit /b %ERRORLEVEL%

:operator
call :build operator || exit /b 1
for /f "tokens=1,*" %%a in ("%*") do set "rest=%%b"
"%java%" --module-path "%root%\operator\target\javafx" --add-modules javafx.controls -cp "%dist%\lib\*;%root%\operator\target\dunlin-operator-0.1.0.jar" dev.dunlin.operator.OperatorMain %rest%
exit /b %ERRORLEVEL%

:test
call :needs || exit /b 1
for /f "tokens=1,*" %%a in ("%*") do set "rest=%%b"
cd /d "%root%"
if defined rest set "rest=%rest:--nightly=-Pnightly -fae%"
call mvn -B verify %rest%
exit /b %ERRORLEVEL%

:bench
call :build e2e || exit /b 1
for /f "tokens=1,*" %%a in ("%*") do set "rest=%%b"
set /p classpath=<"%root%\e2e\target\classpath.txt"
"%java%" "-Ddunlin.home=%root%" -cp "%classpath%" dev.dunlin.e2e.bench.Bench %rest%
exit /b %ERRORLEVEL%

:package
call :build installers || exit /b 1
set "classpath=%dist%\lib\*;%root%\installers\target\dunlin-installers-0.1.0.jar"
for %%j in ("%dist%\natives\*.jar") do set "classpath=%classpath%;%%~fj"
"%java%" -Ddunlin.launched=script "-Ddunlin.home=%root%" -cp "%classpath%" dev.dunlin.installers.Main %*
exit /b %ERRORLEVEL%

rem Whether the words of 'test' are about an app, and not about Dunlin itself: the help tells the rule.
:isapptest
if exist socket.ini exit /b 0
:nextword
shift
if "%~1"=="" exit /b 1
for %%o in (-h --help -w --watch -t --test --junit -H --headless --no-headless) do if "%~1"=="%%o" exit /b 0
if exist "%~1\socket.ini" exit /b 0
goto nextword

:needs
for %%t in (mvn.cmd node.exe npm.cmd) do if "%%~$PATH:t"=="" (
  echo dunlin: there is no %%t in PATH. Install Maven 3.8 or later, and Node 18 or later with npm. 1>&2
  exit /b 1
)
set "found="
for /f "tokens=1-3" %%a in ('call mvn -v 2^>nul') do if "%%a %%b"=="Apache Maven" set "found=%%c"
if not defined found set "found=unknown"
call :atleast "%found%" 3 8 || (
  echo dunlin: Maven is version %found%, Dunlin needs 3.8 or later. 1>&2
  exit /b 1
)
set "found="
for /f %%v in ('node --version 2^>nul') do set "found=%%v"
if not defined found set "found=unknown"
call :atleast "%found:v=%" 18 0 || (
  echo dunlin: Node is version %found%, Dunlin needs 18 or later. 1>&2
  exit /b 1
)
exit /b 0

rem :atleast VERSION MAJOR MINOR fails when the version is older, or is none.
:atleast
set "major=0"
set "minor=0"
rem A word is 0 to set /a.
for /f "tokens=1,2 delims=." %%a in ("%~1") do set /a "major=%%a" & set /a "minor=%%b+0"
if %major% GTR %2 exit /b 0
if %major% EQU %2 if %minor% GEQ %3 exit /b 0
exit /b 1

:build
call :needs || exit /b 1
if not exist "%dist%\lib" echo dunlin: building; the first time Maven fetches some 300 MB 1>&2
if exist "%dist%\lib" rmdir /s /q "%dist%\lib"
if exist "%dist%\natives" rmdir /s /q "%dist%\natives"
call mvn -q -B -DskipTests -f "%root%\pom.xml" package -pl %1 -am 1>&2 || exit /b 1
echo built>"%dist%\stamp"
exit /b 0
