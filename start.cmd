@echo off
rem The notebooks on Windows: a double click opens them in JupyterLab. In a terminal also:
rem     start.cmd lab --no-browser      start.cmd test      start.cmd check
rem Finds a 64-bit Python 3.10 to 3.14, or has uv fetch one; the rest is in tools\setup\environment.py.
setlocal EnableExtensions DisableDelayedExpansion
set "script=%~dp0tools\setup\environment.py"
set "failed=1"
set "python="

set "here=%~dp0"
if "%here:~0,2%"=="\\" (
  echo This folder is on another machine, and has no letter: copy it to your disk, and start it there.
  goto end
)
if not exist "%script%" (
  echo This is start.cmd alone: unpack the whole folder first, and start it there.
  goto end
)
cd /d "%~dp0"

rem what others have set for a Python of theirs
set "PYTHONHOME="
set "PYTHONPATH="
for %%v in (3.13 3.12 3.14 3.11 3.10) do if not defined python call :try py -%%v
if not defined python call :try python
if not defined python call :try python3
for %%f in ("%CONDA_PREFIX%" "%LOCALAPPDATA%\Programs\Python\Python313" "%LOCALAPPDATA%\Programs\Python\Python312" ^
  "%USERPROFILE%\miniconda3" "%USERPROFILE%\anaconda3" "%USERPROFILE%\miniforge3" "%LOCALAPPDATA%\miniconda3" ^
  "%LOCALAPPDATA%\anaconda3" "%ProgramData%\miniconda3" "%ProgramData%\anaconda3") do (
  if not defined python if exist "%%~f\python.exe" call :try "%%~f\python.exe"
)
if not defined python call :uv
if not defined python (
  echo No 64-bit Python 3.10 to 3.14 was found, and none could be fetched: install one from python.org, and start this again.
  goto end
)

rem -I: nothing of the user's is imported; -X utf8: whatever letters Windows has
%python% -I -X utf8 "%script%" start %*
set "failed=%errorlevel%"

:end
rem the window of a double click would close before anybody has read it
if not "%failed%"=="0" if "%~1"=="" pause
exit /b %failed%

:try
rem what is no Python, as the stand-in of the Store, says nothing here
%* -I -X utf8 "%script%" fits 2>nul
if not errorlevel 1 set python=%*
exit /b

:uv
set "UV_PYTHON_INSTALL_DIR=%~dp0.uv\python"
set "UV_CACHE_DIR=%~dp0.uv\cache"
set "uv=%~dp0.uv\bin\uv.exe"
uv --version >nul 2>nul && set "uv=uv"
if "%uv%"=="uv" goto with_uv
if exist "%uv%" goto with_uv
echo Fetching uv, which fetches a Python
if not exist "%~dp0.uv\bin" mkdir "%~dp0.uv\bin"
rem a Python that does not fit may have pip all the same
for %%p in (py python) do if not exist "%uv%" %%p -m pip install --quiet --disable-pip-version-check --upgrade --target "%~dp0.uv" uv 2>nul
if exist "%uv%" goto with_uv
rem programs of Windows, since 2018
curl --silent --fail --location --output "%~dp0.uv\uv.zip" https://github.com/astral-sh/uv/releases/latest/download/uv-x86_64-pc-windows-msvc.zip
tar -xf "%~dp0.uv\uv.zip" -C "%~dp0.uv\bin"
if not exist "%uv%" exit /b
:with_uv
"%uv%" python install cpython-3.13-windows-x86_64
if not errorlevel 1 set python="%uv%" run --quiet --isolated --no-project --python cpython-3.13-windows-x86_64 python
exit /b
